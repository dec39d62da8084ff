main :: IO ()
main = getLine >>= \name -> putStrLn ("hello " ++ name)
