<?php
echo "hello " . trim(fgets(STDIN)) . "\n";
