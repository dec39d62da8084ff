:- use_module(library(readutil)).

main :-
    read_line_to_string(user_input, Name),
    format("hello ~w~n", [Name]).
