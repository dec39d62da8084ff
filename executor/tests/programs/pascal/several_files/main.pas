program Main;
uses greet;
var name: string;
begin
  readln(name);
  writeln(Greeting, ' ', name);
end.
