source ./greet.sh
read -r name
echo "$(greeting) $(printf "%s\n" "$name" | cat)"
