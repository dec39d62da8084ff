# In the server's own folder, before its own script: files of what it shows to those who speak TLS, if it does.
for file in AUTHORITY CERTIFICATE KEY; do
    eval "pem=\${$file-}"
    [ -z "$pem" ] || printf '%s' "$pem" >"$(echo "$file" | tr A-Z a-z).pem"
done
