package Greet;
use strict;
sub greeting { return "hello" }
1;
