main :- grow([]).

grow(List) :- grow([a|List]).
