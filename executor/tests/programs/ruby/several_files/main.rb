require_relative "greet"
require "set"
puts "#{greeting} #{gets.strip}"
