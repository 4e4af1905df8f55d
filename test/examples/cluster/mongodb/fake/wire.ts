import { createServer, type Server, type Socket } from 'node:net'
import { BSON } from 'mongodb'

/** A document of a command or a reply. */
export type Document = Record<string, unknown>

const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013

/** Serves MongoDB's wire protocol: OP_MSG, and OP_QUERY for the first hello of a driver. `answer`: undefined closes the connection without a reply. */
export function serveWire(answer: (command: Document) => Document | undefined): Server {
  return createServer((socket) => {
    let pending = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      pending = Buffer.concat([pending, piece as Buffer])
      while (pending.length >= 16 && pending.length >= pending.readInt32LE(0)) {
        const message = pending.subarray(0, pending.readInt32LE(0))
        pending = pending.subarray(message.length)
        respond(socket, message, answer)
      }
    })
  })
}

function respond(socket: Socket, message: Buffer, answer: (command: Document) => Document | undefined): void {
  const requestId = message.readInt32LE(4)
  const opcode = message.readInt32LE(12)
  if (opcode !== OP_MSG && opcode !== OP_QUERY) throw new Error(`opcode ${opcode} is not served`)
  const command = opcode === OP_MSG ? readMessage(message) : BSON.deserialize(message.subarray(message.indexOf(0, 20) + 9))
  const reply = answer(command as Document)
  if (reply === undefined) return void socket.destroy()
  const body = Buffer.from(BSON.serialize(reply))
  socket.write(opcode === OP_MSG ? frame(OP_MSG, requestId, Buffer.concat([Buffer.alloc(5), body])) : frame(OP_REPLY, requestId, Buffer.concat([replyHead(), body])))
}

/** The first section is the command; documents of further ones belong to fields of it. */
function readMessage(message: Buffer): Document {
  let command: Document = {}
  for (let at = 20; at < message.length; ) {
    const isBody = message[at] === 0
    const size = message.readInt32LE(at + 1)
    if (isBody) command = BSON.deserialize(message.subarray(at + 1, at + 1 + size)) as Document
    at += 1 + size
  }
  return command
}

function replyHead(): Buffer {
  const head = Buffer.alloc(20)
  head.writeInt32LE(8, 0)
  head.writeInt32LE(1, 16)
  return head
}

function frame(opcode: number, responseTo: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16)
  head.writeInt32LE(16 + body.length, 0)
  head.writeInt32LE(responseTo, 8)
  head.writeInt32LE(opcode, 12)
  return Buffer.concat([head, body])
}
