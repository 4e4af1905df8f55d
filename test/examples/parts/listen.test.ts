import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { findFreePort } from '../../../examples/parts/free-port.ts'
import { listen } from '../../../examples/parts/listen.ts'
import { readWholeNumber } from '../../../examples/parts/whole-number.ts'

it('what listens answers, and cuts the connection where there is no answer', async () => {
  const server = await listen((request) => {
    if (request.url.endsWith('/cut')) throw new Error('no reply')
    return new Response(`${request.method} ${new URL(request.url).pathname}`)
  }, 0)
  try {
    expect(await (await fetch(`${server.url}/a`, { method: 'PUT', body: 'x' })).text()).toBe('PUT /a')
    await expect(fetch(`${server.url}/cut`)).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } })
    expect((await fetch(server.url)).status).toBe(200)
  } finally {
    await server.close()
  }
})

it('what listens ends with its connections, kept ones and waiting ones', async () => {
  let ask: (() => void) | undefined
  const asked = new Promise<void>((resolve) => (ask = resolve))
  const server = await listen((request) => {
    if (!request.url.endsWith('/wait')) return new Response('x')
    ask?.()
    return new Promise<Response>(() => {})
  }, 0)
  const agent = new Agent({ keepAlive: true })
  const [kept] = (await once(get(server.url, { agent }), 'response')) as [NodeJS.ReadableStream]
  kept.resume()
  await once(kept, 'end')
  const waiting = expect(fetch(`${server.url}/wait`)).rejects.toThrow('fetch failed')
  await asked
  await server.close()
  await waiting
  await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  agent.destroy()
})

it('a port that is taken is refused, and a free one is free', async () => {
  const port = await findFreePort()
  const holder = createServer().listen(port, '127.0.0.1')
  await once(holder, 'listening')
  await expect(listen(() => new Response(), port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  holder.close()
  await once(holder, 'close')
  const server = await listen(() => new Response(), port)
  expect(server.url).toBe(`http://127.0.0.1:${port}`)
  await server.close()
})

it('a number on the command line is a whole one', () => {
  expect(readWholeNumber('042')).toBe(42)
  for (const text of ['', '-1', '1.5', '1e3', ' 1']) expect(() => readWholeNumber(text), text).toThrow('expected a whole number')
})
