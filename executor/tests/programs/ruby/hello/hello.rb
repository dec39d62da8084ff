puts "hello #{gets.strip}"
