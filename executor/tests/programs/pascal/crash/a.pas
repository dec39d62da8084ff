begin
  runerror(201);
end.
