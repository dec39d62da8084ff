:- use_module(library(readutil)).
:- [greet].

main :-
    greeting(Greeting),
    read_line_to_string(user_input, Name),
    format("~w ~w~n", [Greeting, Name]).
