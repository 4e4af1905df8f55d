import { describe, expect, it } from 'vitest'
import { DeclarationError } from 'convergent'
import { loadKonnect } from '../../../examples/konnect/input/load.ts'
import { faultsOf, findFaults, loadText, makeFolder } from './loading.ts'

const api = (rest: string): string => `apis:\n  - ref: a\n    name: A\n    ${rest}\n`

/** What is written, and what is said about it. */
const cases: readonly (readonly [title: string, text: string, ...faults: string[]])[] = [
  ['a misspelt kind', 'portal: []', 'unknown-kind 1:1 unknown kind "portal"; did you mean "portals"?'],
  ['an unknown kind', 'zzz: []', 'unknown-kind 1:1 unknown kind "zzz"; known are apis, application_auth_strategies, catalog_services, control_planes, dcr_providers, organization.teams, portals, api_documents, api_implementations, api_publications, api_versions, portal_asset_logos, portal_asset_favicons, portal_auth_settings, portal_customizations, portal_integrations, portal_pages, portal_snippets, portal_teams, portal_team_roles, _defaults'],
  ['a misspelt field', api('descripton: x'), 'unknown-field 4:5 api/a: unknown field "descripton"; did you mean "description"?'],
  ['a field of a later release', api('spec_content: []'), 'unsupported 4:5 api/a: spec_content is not supported yet'],
  ['an external entry that says nothing', 'portals: [{ref: p, _external: {selector: {}}}]', 'invalid-external 1:42 portal/p: _external: expected id, or selector: {matchFields: {…}}, found a map'],
  ['an external entry that says two things', 'portals: [{ref: p, _external: {id: x, selector: {matchFields: {name: x}}}}]', 'invalid-external 1:31 portal/p: _external: expected id, or selector: {matchFields: {…}}, found a map'],
  ['an external entry that is declared too', 'portals: [{ref: p, _external: {id: x}, name: P}]', 'invalid-external 1:40 portal/p: name has no place beside _external: the object belongs to somebody else and is not changed'],
  ['an external child', 'api_versions: [{ref: v, api: a, _external: {id: x}}]', 'invalid-external 1:33 api_version/v: _external belongs to entries that live in nothing else; name its parent so'],
  ['a map of kinds that is none', 'organization: []', 'invalid-list 1:15 organization: expected a map of kinds, found a list'],
  ['an unknown kind in a map of kinds', 'organization: {teems: []}', 'unknown-kind 1:16 unknown kind "organization.teems"; did you mean "organization.teams"?'],
  ['settings that are a list', 'portals: [{ref: p, name: P, customization: []}]', 'invalid-entry 1:44 portal/p: customization: expected a map, found a list'],
  ['a merge key', 'apis: [{ref: a, name: A, <<: {version: "1"}}]', 'unsupported 1:26 api/a: << is not supported yet'],
  ['no list', 'apis: {ref: a}', 'invalid-list 1:7 apis: expected a list, found a map'],
  ['a kind whose entries were commented out', 'apis:\n  # - ref: a\n', 'invalid-list 1:6 apis: expected a list, found nothing; write [] to say that there are none'],
  ['a nested kind with nothing', api('versions:'), 'invalid-list 4:14 api/a: versions: expected a list, found nothing; write [] to say that there are none'],
  ['a text for a nested list', api('versions: one'), 'invalid-list 4:15 api/a: versions: expected a list, found "one"'],
  ['no map in a list', 'apis: [one]', 'invalid-entry 1:8 apis: expected a map in the list, found "one"'],
  ['a file for an entry', 'apis: [!file a.yaml]', 'invalid-entry 1:14 apis: expected a map in the list, found a tag'],
  ['no ref', 'apis: [{name: A}]', 'missing-ref 1:8 an entry of apis needs a ref: a text that is not empty, found nothing'],
  ['a ref that is a number', 'apis: [{ref: 12}]', 'missing-ref 1:14 an entry of apis needs a ref: a text that is not empty, found 12'],
  ['an empty ref', 'apis: [{ref: ""}]', 'missing-ref 1:14 an entry of apis needs a ref: a text that is not empty, found ""'],
  ['a list at the top', '- ref: a', 'invalid-file 1:1 expected a map of kinds (portals, apis, …) at the top, found a list'],
  ['a list where a ref is wanted', api('publications: [{ref: p, portal_id: [x]}]'), 'invalid-field 4:40 api_publication/p: portal_id: expected a ref (text), found a list'],
  ['a number where a ref is wanted', api('publications: [{ref: p, portal_id: 7}]'), 'invalid-field 4:40 api_publication/p: portal_id: expected a ref (text), found 7'],
  ['a ref where a list is wanted', api('publications: [{ref: p, portal_id: x, auth_strategy_ids: k}]'), 'invalid-field 4:62 api_publication/p: auth_strategy_ids: expected a list of refs (text), found "k"'],
  ['a map in a list of refs', api('publications: [{ref: p, portal_id: x, auth_strategy_ids: [{}]}]'), 'invalid-field 4:62 api_publication/p: auth_strategy_ids: expected a list of refs (text), found a map'],
  ['labels that are a text', api('labels: red'), 'invalid-field 4:13 api/a: labels: expected a map of texts, found "red"'],
  ['labels that are a list', api('labels: [red]'), 'invalid-field 4:13 api/a: labels: expected a map of texts, found a list'],
  ['a label of ownership', api('labels: {KONGCTL-namespace: x}'), 'reserved-label 4:14 api/a: labels.KONGCTL-namespace: the label "KONGCTL-namespace" is set by kongctl: {namespace, protected}; remove it here'],
  ['a specification that is a list', api('versions: [{ref: v, version: "1", spec: [x]}]'), 'invalid-field 4:45 api_version/v: spec: expected a specification (a text, a map or !file), found a list'],
  ['a specification that is nothing', api('versions: [{ref: v, version: "1", spec: null}]'), 'invalid-field 4:45 api_version/v: spec: expected a specification (a text, a map or !file), found nothing'],
  ['a reference inside of a specification', api('versions: [{ref: v, version: "1", spec: {x: !ref a}}]'), 'invalid-field 4:45 api_version/v: spec: a specification is sent as text: !env and !ref have no place in it'],
  ['a flat child without a parent', 'api_versions: [{ref: v}]', 'missing-parent 1:16 api_version/v: needs api: the ref of the api that it belongs to'],
  ['a flat child with two', 'api_versions: [{ref: v, api: a, api_id: b}]', 'invalid-field 1:41 api_version/v: api_id: api and api_id say the same; keep one of them'],
  ['a nested child that names a parent', api('versions: [{ref: v, api: b}]'), 'unknown-field 4:25 api_version/v: unknown field "api"'],
  ['a child of two documents', api('documents: [{ref: d, children: [{ref: e, parent_document_id: x}]}]'), 'invalid-field 4:66 api_document/e: parent_document_id: it stands below d already; remove parent_document_id'],
  ['a namespace on a child', api('versions: [{ref: v, kongctl: {namespace: x}}]'), 'unknown-field 4:25 api_version/v: kongctl belongs to the entry that this one lives in; namespace and protection are inherited'],
  ['an empty namespace', api('kongctl: {namespace: ""}'), 'invalid-kongctl 4:26 kongctl.namespace: expected a name of 1 to 63 letters, digits, ".", "_" and "-", found ""'],
  ['an empty default namespace', '_defaults: {kongctl: {namespace: ""}}', 'invalid-kongctl 1:34 kongctl.namespace: expected a name of 1 to 63 letters, digits, ".", "_" and "-", found ""'],
  ['a protection that is a text', api('kongctl: {protected: "yes"}'), 'invalid-kongctl 4:26 kongctl.protected: expected true or false, found "yes"'],
  ['a misspelt namespace', api('kongctl: {namespce: x}'), 'unknown-field 4:15 unknown field "kongctl.namespce"; did you mean "namespace"?'],
  ['a kongctl that is no map', api('kongctl: mine'), 'invalid-kongctl 4:14 kongctl: expected a map with namespace or protected, found "mine"'],
  ['defaults that are no map', '_defaults: [x]', 'invalid-defaults 1:12 _defaults: expected a map, found a list'],
  ['misspelt defaults', '_defaults: {konctl: {}}', 'unknown-field 1:13 unknown field "konctl" in _defaults; did you mean "kongctl"?'],
  ['a !ref to nothing', 'portals: [{ref: quay, name: !ref quai}]', 'dangling-reference 1:34 !ref quai: nothing of that ref is declared; did you mean "quay"?'],
  ['a !ref to another type', api('publications: [{ref: p, portal_id: !ref a}]'), 'wrong-reference 4:45 !ref a: expected the ref of one of type portal, found one of type api'],
  ['a !ref to two things', 'portals: [{ref: x, name: X}]\napis: [{ref: x, name: !ref x#name}]', 'ambiguous-reference 2:28 !ref x: it is the ref of more than one entry, of types api, portal; rename one of them'],
  ['!lookup', api('description: !lookup "name:x"'), 'misplaced-lookup 4:26 !lookup belongs where another object is referred to: this field takes a plain value'],
  ['!lookup with a map', api('description: !lookup {name: x}'), 'misplaced-lookup 4:26 !lookup belongs where another object is referred to: this field takes a plain value'],
  ['!env that is not set', api('description: !env MISSING'), 'unset-variable 4:23 !env MISSING: the environment variable is not set'],
  ['!env without a name', api('description: !env'), 'unset-variable 4:22 !env needs the name of an environment variable'],
  ['!env of an inherited property', api('description: !env constructor'), 'unset-variable 4:23 !env constructor: the environment variable is not set'],
  ['a part of !env', api('description: !env X#a'), 'unsupported 4:23 !env with a part to take out (#) is not supported yet'],
  ['!env as a map', api('description: !env {var: X}'), 'unsupported 4:23 !env as a map is not supported yet'],
  ['an unknown tag', api('description: !flie x'), 'invalid-yaml 4:18 invalid YAML: unknown tag !flie; did you mean "!file"?'],
  ['a number without end', api('description: .inf'), 'invalid-field 4:18 expected a finite number, found Infinity'],
  ['a key twice', 'apis: []\napis: []', 'invalid-yaml 2:1 invalid YAML: Map keys must be unique'],
  ['an alias of nothing', 'apis: *x', 'unknown-alias 1:7 *x: no anchor &x stands before it'],
  ['an alias of nothing in a field', api('description: *x'), 'unknown-alias 4:18 *x: no anchor &x stands before it'],
  ['an alias inside of itself', api('attributes: &x {y: [*x]}'), 'circular-alias 4:25 *x stands inside of what it stands for'],
]

describe('what is wrong is told with its place', () => {
  it.each(cases)('%s', (_title, text, ...faults) => {
    expect(faultsOf(text)).toEqual(faults)
  })

  it('everything at once, over all files', () => {
    const folder = makeFolder({ 'a.yaml': 'apis: [{ref: a, nam: A}]\nportal: []\n', 'b.yaml': 'apis: [{}]\n' })
    expect(findFaults(() => loadKonnect([folder]), folder)).toEqual([
      'unknown-field 1:17 api/a: unknown field "nam"; did you mean "name"?',
      'unknown-kind 2:1 unknown kind "portal"; did you mean "portals"?',
      'missing-ref 1:8 an entry of apis needs a ref: a text that is not empty, found nothing',
    ])
  })

  it('in one error whose text names file, line and column', () => {
    expect(() => loadText('portal: []')).toThrow(new DeclarationError([{ code: 'unknown-kind', message: 'unknown kind "portal"; did you mean "portals"?', source: { file: '-', line: 1, column: 1 } }]))
  })
})

describe('hostile YAML ends in an issue', () => {
  it('aliases that multiply', () => {
    const levels = Array.from({ length: 30 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`)
    const faults = faultsOf(api(`attributes: {l0: &l0 [x], ${levels.join(', ')}}`))
    expect(faults).toEqual([expect.stringMatching(/^too-many-aliases 4:\d+ more than 1000 aliases \(\*name\) are followed; write some of them out$/)])
  })

  it('a document below itself', () => {
    expect(faultsOf(api('documents: &d [{ref: x, content: y, children: *d}]'))[0]).toMatch(/^too-many-aliases/)
  })

  it('nesting without end', () => {
    const text = `apis: ${'['.repeat(100_000)}`
    expect(faultsOf(text).join()).toMatch(/^invalid-yaml .*invalid YAML: /)
  })

  it('syntax', () => {
    expect(faultsOf('apis: [{ref: a')[0]).toMatch(/^invalid-yaml 1:\d+ invalid YAML: /)
    expect(faultsOf('apis:\n\t- ref: a')[0]).toMatch(/^invalid-yaml 2:1 invalid YAML: /)
  })
})

describe('paths', () => {
  it('what is not there, or holds nothing, or is no text', () => {
    const folder = makeFolder({ 'empty/readme.txt': 'x', 'latin.yaml': new Uint8Array([0x61, 0x3a, 0xff]) })
    expect(findFaults(() => loadKonnect([`${folder}/none.yaml`, `${folder}/empty`, `${folder}/latin.yaml`]), folder)).toEqual([
      'missing-file ?:? there is no such file or folder',
      'empty-folder ?:? the folder holds no .yaml or .yml file',
      'unreadable-file ?:? it is no text (UTF-8)',
    ])
  })
})
