// One named misbehaviour each. Exit code 0: it was contained; 1: it was not.
const end = contained => process.exit(contained ? 0 : 1);
const attacks = {
  processes() {
    const { spawn } = require('child_process');
    for (let made = 0; made < 10000; made++) {
      const child = spawn('/bin/sleep', ['1000']);
      child.on('error', () => {});
      if (child.pid === undefined) return end(made < 200);
    }
    end(false);
  },
  memory() {
    const kept = [];
    for (;;) kept.push(new Array(1 << 20).fill(1.5));
  },
  buffers() {
    const kept = [];
    for (;;) kept.push(Buffer.alloc(16 << 20, 1));
  },
  network() {
    const socket = require('net').connect(80, '127.0.0.1');
    socket.on('connect', () => end(false));
    socket.on('error', () => end(true));
  },
  names() {
    require('dns').lookup('example.org', error => end(Boolean(error)));
  },
  rejections() {
    process.on('exit', () => { for (;;); });
    process.on('SIGTERM', () => {});
    process.exit(0);
  },
};
attacks[process.argv[2]]();
