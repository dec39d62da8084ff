const { greeting } = require("./greet.js");
require("readline").createInterface({ input: process.stdin }).on("line", (name) => {
  console.log(greeting(), name);
});
