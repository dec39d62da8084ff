<?php
function greeting() { return "hello"; }
