console.log("Hello, Judge!");
