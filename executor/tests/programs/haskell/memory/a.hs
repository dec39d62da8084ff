main :: IO ()
main = do
  let numbers = [1 ..] :: [Integer]
  mapM_ (\n -> if n < 0 then print n else pure ()) numbers
  print (head numbers)
