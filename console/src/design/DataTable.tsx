import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './DataTable.module.css'
import { useText } from './texts'

export interface Column<T> {
  id: string
  header: string
  cell: (row: T) => ReactNode
  /** Numbers stand at the right, so that their digits line up. */
  isNumber?: boolean
}

interface Props<T> {
  /** Says what the table lists; read aloud, not shown. */
  caption: string
  /** The first column names the row; on small screens it heads the row's card. */
  columns: Column<T>[]
  rows: T[]
  rowKey: (row: T) => string | number
  /** There if there is more: brings the next page. */
  onMore?: () => void
  isLoadingMore?: boolean
}

/** A table that becomes cards on small screens. Links in its cells make it walkable by keyboard. */
export function DataTable<T>({ caption, columns, rows, rowKey, onMore, isLoadingMore }: Props<T>) {
  return (
    <>
      <table className={styles.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" data-number={column.isNumber}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={rowKey(row)} row={row} columns={columns} />
          ))}
        </tbody>
      </table>
      <More count={rows.length} onMore={onMore} isLoadingMore={isLoadingMore} />
    </>
  )
}

interface MoreProps {
  /** Rows that are shown. */
  count: number
  onMore?: () => void
  isLoadingMore?: boolean
}

/** Brings the next page, if there is one. */
export function More({ count, onMore, isLoadingMore }: MoreProps) {
  const t = useText()
  if (!onMore) return null
  return (
    <div className={styles.more}>
      <Button variant="default" loading={isLoadingMore} onClick={onMore}>
        {t('more')}
      </Button>
      <span>{t('shown', { count })}</span>
    </div>
  )
}

function Row<T>({ row, columns }: { row: T; columns: Column<T>[] }) {
  const [first, ...others] = columns
  if (!first) return null
  return (
    <tr>
      <th scope="row">{first.cell(row)}</th>
      {others.map((column) => (
        <td key={column.id} data-label={column.header} data-number={column.isNumber}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}
