program Hello;
var name: string;
begin
  readln(name);
  writeln('hello ', name);
end.
