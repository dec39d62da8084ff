const blocks = [];
for (;;) blocks.push(new Array(1 << 16).fill({}).map((_, i) => ({ i })));
