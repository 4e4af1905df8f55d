import { isAddress, isRulePort, isSubnet } from './addresses.ts'
import { checkAliasName } from './alias-name.ts'
import type { Config } from './config.ts'
import { splitValue, type Field } from './field.ts'
import { optionsOf, type FieldScene } from './options.ts'

/** What is wrong with the value of one field. */
export function checkField(field: Field, value: string, scene: FieldScene): string[] {
  if (value === '') return field.isRequired === true && field.type !== 'id' ? ['A value is required.'] : []
  switch (field.type) {
    case 'boolean':
      return /^[01]$/.test(value) ? [] : ['value should be a boolean (0,1)']
    case 'integer':
    case 'sequence':
      return checkNumber(field, value)
    case 'text':
      return field.mask === undefined || field.mask.test(value) ? [] : ['The value does not have the form that this field asks for.']
    case 'description':
      return /^.{1,255}$/u.test(value) ? [] : ['Description should be a string between 1 and 255 characters.']
    case 'tos':
      return /^[a-z]{2,}[a-z\d]*$/.test(value) ? [] : ['Option not in list.']
    case 'aliasName':
      return checkAliasName(value)
    case 'port':
      return isRulePort(value) || isPortAlias(value, scene.config) ? [] : ['Please specify a valid portnumber, name, alias or range.']
    case 'network':
      return isNetworkList(field, value, scene) ? [] : [`${value} is not a valid source IP address or alias.`]
    case 'id':
    case 'aliasContent':
      return []
    default:
      return checkOptions(field, value, scene)
  }
}

function checkNumber({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: Field, value: string): string[] {
  if (/^-?\d+$/.test(value) && Number(value) >= min && Number(value) <= max) return []
  return [max === Number.MAX_SAFE_INTEGER ? 'Please specify a whole number.' : `Please specify a value between ${min} and ${max}.`]
}

function checkOptions(field: Field, value: string, scene: FieldScene): string[] {
  const options = optionsOf(field, scene)
  if (splitValue(field, value).every((item) => options.has(item))) return []
  return [field.type === 'relation' ? 'Related item not found.' : field.type === 'gateway' ? 'Specify a valid gateway from the list.' : 'Option not in list.']
}

function isNetworkList(field: Field, value: string, scene: FieldScene): boolean {
  const options = optionsOf(field, scene)
  return splitValue(field, value).every((item) => isAddress(item) || isSubnet(item) || options.has(item))
}

function isPortAlias(name: string, config: Config): boolean {
  return [...config.alias.values()].some((alias) => alias['name'] === name && alias['type'] === 'port')
}
