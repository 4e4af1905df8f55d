import * as z from 'zod'
import { anything, datasetSchema, description, name, permissions, variables, words } from './field-schemas.ts'

const about = { ...description, short_desc: z.string().optional(), ...words }

/** Fields of `project:`. */
export const friendlyProject = z.strictObject({ key: name, name, ...about, owner: name.optional(), variables, permissions, settings: anything.optional(), drop_data: z.boolean().optional() })

/** Fields of an entry of `datasets:`. */
export const friendlyDataset = z.strictObject({
  name,
  type: name,
  connection: name.optional(),
  params: anything.optional(),
  format_type: name.optional(),
  format_params: anything.optional(),
  schema: datasetSchema,
  ...about,
  drop_data: z.boolean().optional(),
})

/** Fields of an entry of `recipes:`. */
export const friendlyRecipe = z.strictObject({ name, type: name, inputs: z.array(name).optional(), outputs: z.array(name).optional(), code: z.string().optional(), params: anything.optional(), ...about })

/** Words of the friendly format for types of datasets; `managed` is none: the server chooses then. */
export const DATASET_TYPES: Readonly<Record<string, string>> = {
  snowflake: 'Snowflake', postgresql: 'PostgreSQL', mysql: 'MySQL', bigquery: 'BigQuery', redshift: 'Redshift', oracle: 'Oracle', sqlserver: 'SQLServer', jdbc: 'JDBC',
  filesystem: 'Filesystem', s3: 'S3', gcs: 'GCS', azure: 'Azure', hdfs: 'HDFS', ftp: 'FTP', sftp: 'SFTP',
  mongodb: 'MongoDB', elasticsearch: 'ElasticSearch', upload: 'UploadedFiles',
}

/** Words for the format of a managed dataset. */
export const FORMAT_OPTIONS: Readonly<Record<string, string>> = { csv: 'CSV_EXCEL_GZIP', csv_unix: 'CSV_UNIX_GZIP', parquet: 'PARQUET_HIVE', orc: 'ORC', avro: 'AVRO' }

/** Words for types of recipes. */
export const RECIPE_TYPES: Readonly<Record<string, string>> = {
  python: 'python', r: 'r', shell: 'shell', sql: 'sql_query', sql_query: 'sql_query', sql_script: 'sql_script', pyspark: 'pyspark', sparkr: 'sparkr', hive: 'hive', impala: 'impala',
  sync: 'sync', prepare: 'shaker', join: 'join', group: 'grouping', window: 'window', stack: 'vstack', split: 'split', sort: 'sort', topn: 'topn', distinct: 'distinct', sample: 'sampling', pivot: 'pivot',
}

/** Where a managed dataset is put unless it says so. */
export const DEFAULT_CONNECTION = 'filesystem_managed'
