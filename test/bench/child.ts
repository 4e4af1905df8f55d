import { performTask, type Task } from './task.ts'

/** Carries one task out in a process of its own: the task in the first argument, what came of it on standard output. */
process.stdout.write(JSON.stringify(await performTask(JSON.parse(process.argv[2] as string) as Task)))
