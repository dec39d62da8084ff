unit greet;
{$mode objfpc}
interface
function Greeting: string;
implementation
function Greeting: string;
begin
  Greeting := 'hello';
end;
end.
