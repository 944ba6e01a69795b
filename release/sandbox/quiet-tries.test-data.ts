/** Programs of Node that try the network and keep quiet about it, by what they try. */
export const QUIET_TRIES: readonly (readonly [what: string, text: string])[] = [
  ['a connection', `require('node:net').connect(443, '192.0.2.1').on('error', () => {})`],
  ['one to the machine itself', `require('node:net').connect(80, '127.0.0.1').on('error', () => {})`],
  ['a name', `require('node:dns').lookup('example.org', () => {})`],
  [
    'a datagram',
    `const s = require('node:dgram').createSocket('udp4'); s.send('x', 53, '192.0.2.1', () => s.close())`,
  ],
];
