module Main where

import qualified Data.Map as Map
import Greet

main :: IO ()
main = do
  name <- getLine
  putStrLn (unwords (Map.elems (Map.fromList [(1 :: Int, greeting), (2, name)])))
