export { SSHD, startSshd, type Sshd } from '../../../examples/cluster/faults/sshd.ts'
