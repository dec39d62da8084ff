text=xxxxxxxx
while true; do text=$text$text; done
