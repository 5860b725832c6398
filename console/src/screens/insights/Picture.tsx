import { IconDownload, IconTable } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'
import { type Column, DataTable } from '@/design'
import { download, writeCsv } from './csv'
import styles from './Picture.module.css'
import { useText } from './texts'

export interface Figures<T> {
  columns: (Column<T> & { plain: (row: T) => string | number })[]
  rows: T[]
  rowKey: (row: T) => string | number
}

interface Props<T> {
  /** What is drawn, in a few words; names the table and the file too. */
  title: string
  /** The same in numbers. */
  figures: Figures<T>
  file: string
  /** What can be chosen about the picture. */
  choices?: ReactNode
  children: ReactNode
}

/** One large picture: also a table, and a file. */
export function Picture<T>({ title, figures, file, choices, children }: Props<T>) {
  const t = useText()
  const [isTable, setIsTable] = useState(false)
  const id = useId()
  const save = () => {
    const { columns, rows } = figures
    download(
      `${file}.csv`,
      writeCsv(
        columns.map((column) => column.header),
        rows.map((row) => columns.map((column) => column.plain(row))),
      ),
    )
  }
  return (
    <figure className={styles.picture} aria-labelledby={id}>
      <figcaption className={styles.head}>
        <span id={id}>{title}</span>
        <span className={styles.tools}>
          {choices}
          <button type="button" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
            <IconTable aria-hidden size={16} />
            {t('as_table')}
          </button>
          <button type="button" onClick={save}>
            <IconDownload aria-hidden size={16} />
            CSV
          </button>
        </span>
      </figcaption>
      {isTable ? <DataTable caption={title} {...figures} /> : children}
    </figure>
  )
}
