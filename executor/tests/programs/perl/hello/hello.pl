use strict;
my $name = <STDIN>;
print "hello $name";
