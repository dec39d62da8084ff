use strict;
$missing = 1;
