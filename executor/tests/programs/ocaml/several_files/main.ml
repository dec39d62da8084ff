let () = Printf.printf "%s %s\n" Words.greeting (read_line ())
