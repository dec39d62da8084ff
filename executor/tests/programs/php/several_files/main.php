<?php
require __DIR__ . "/greet.php";
echo greeting() . " " . trim(fgets(STDIN)) . "\n";
