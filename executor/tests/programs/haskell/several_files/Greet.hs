module Greet (greeting) where

greeting :: String
greeting = "hello"
