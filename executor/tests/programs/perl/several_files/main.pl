use strict;
use List::Util qw(sum);
use Greet;
print Greet::greeting(), " ", scalar <STDIN> if sum(1, 2) == 3;
