main :- atom_length(_, Length), write(Length).
