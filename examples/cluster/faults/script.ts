import * as z from 'zod'

const text = z.string().min(1)
const path = z.string().startsWith('/', 'expected an absolute path; ${dir} is the folder of the fault')
const port = z.int().min(1).max(65_535)
const megabytes = z.int().positive()
const mode = z.string().regex(/^[0-7]{3}$/, 'expected three octal digits in quotes, such as "755"')

/** What is done to the world around the cluster. Whatever happens, it is undone at the end. */
const deeds = {
  /** Somebody else listens on a port. */
  takePort: port.optional(),
  /** Nobody else does any more. */
  freePort: port.optional(),
  /** A small file system of its own. */
  mountDisk: z.strictObject({ at: path, megabytes }).optional(),
  /** A file of somebody else leaves so little of one. */
  fillDisk: z.strictObject({ file: path, leaveMegabytes: megabytes }).optional(),
  writeFile: z.strictObject({ path, text: z.string(), mode: mode.default('644') }).optional(),
  removeFile: path.optional(),
  /** The one place in a file where this stands. */
  replaceText: z.strictObject({ in: path, from: text, to: z.string() }).optional(),
  changeMode: z.strictObject({ path, mode }).optional(),
  /** A copy of the programs of Postgres that npm has brought. */
  copyPrograms: path.optional(),
  /** To the main process of an instance. */
  sendSignal: z.strictObject({ instance: text, signal: z.enum(['SIGSTOP', 'SIGCONT', 'SIGKILL', 'SIGHUP']) }).optional(),
  /** Connections over SSH drop whenever so much more was sent. */
  dropSsh: z.strictObject({ afterMegabytes: megabytes }).optional(),
  /** They last again. */
  keepSsh: z.literal(true).optional(),
}

const DEEDS = Object.keys(deeds)

/** What is looked at, beside what commands say. */
const looks = {
  /** No process, port or file of the cluster. */
  nothingLeft: z.literal(true).optional(),
  /** No process has this in its command line. */
  noProcess: text.optional(),
  /** So many entries are in a folder, beside hidden ones. */
  entries: z.strictObject({ of: path, count: z.int().min(0) }).optional(),
}

const ACTS = ['run', ...DEEDS, ...Object.keys(looks)]
const ABOUT_RUN = ['exit', 'says', 'saysNot', 'meanwhile'] as const

function oneOf(names: readonly string[]) {
  return (step: Readonly<Record<string, unknown>>): boolean => names.filter((name) => step[name] !== undefined).length === 1
}

const once = z.strictObject({ once: text, ...deeds }).refine(oneOf(DEEDS), `expected one of ${DEEDS.join(', ')}`)

const step = z
  .strictObject({
    /** A command of the cluster's command line; the topology and the folder of its state are given to it. */
    run: text.optional(),
    /** Its exit code. */
    exit: z.int().min(0).max(255).optional(),
    /** What it must say, in any order. */
    says: z.array(text).optional(),
    /** What it must not say. */
    saysNot: z.array(text).optional(),
    /** What is done as soon as it has said something. */
    meanwhile: z.array(once).optional(),
    ...deeds,
    ...looks,
  })
  .refine(oneOf(ACTS), `expected one of ${ACTS.join(', ')}`)
  .refine(({ run, ...rest }) => run === undefined || rest.exit !== undefined, 'a run needs exit, its exit code')
  .refine(({ run, ...rest }) => run !== undefined || ABOUT_RUN.every((name) => rest[name] === undefined), `${ABOUT_RUN.join(', ')} belong to run`)

/** A fault, as its file describes it. */
export const scriptSchema = z.strictObject({
  /** In a line. */
  fault: text,
  /** What it shows. */
  shows: text,
  /** What it needs of the machine; where that is not there, it is left out. */
  needs: z.array(z.enum(['root', 'mount', 'sshd'])).default([]),
  /** What the command line is given; read as strictly as ever, when it runs. */
  topology: z.looseObject({ directory: path }),
  steps: z.array(step).min(1),
})

export type Script = z.infer<typeof scriptSchema>
export type Step = Script['steps'][number]
export type Need = Script['needs'][number]

/** What is done to the world by a step, or meanwhile. */
export type Deed = Pick<Step, keyof typeof deeds>
