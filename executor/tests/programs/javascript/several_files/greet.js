exports.greeting = () => "hello";
