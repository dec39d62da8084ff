let rec grow blocks = grow (Bytes.make (1 lsl 20) 'x' :: blocks)
let () = grow []
