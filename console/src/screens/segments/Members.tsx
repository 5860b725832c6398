import { useQuery } from '@tanstack/react-query'
import type { SegmentMember } from '@/api/generated'
import { listSegmentMembersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { type Column, DataTable, EmptyState, Loaded, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import styles from './SegmentsScreen.module.css'
import { useText } from './texts'

const shown = 8

/** The first few members, and the way to all. */
export function Members({ segmentId }: { segmentId: string }) {
  const t = useText()
  const query = useQuery(
    listSegmentMembersOptions({ path: { segment_id: segmentId }, query: { limit: shown } }),
  )
  const all = (
    <TextLink to="/profiles" search={{ segment: segmentId }}>
      {t('all_people')}
    </TextLink>
  )
  return (
    <Section title={t('people')} aside={query.data && query.data.total > shown && all}>
      <Loaded query={query}>
        {({ members }) =>
          members.length === 0 ? (
            <EmptyState title={t('nobody')}>{t('nobody_how')}</EmptyState>
          ) : (
            <>
              <MemberTable members={members} />
              <p className={styles.next}>
                <TextLink to="/segments/lookalikes" search={{ segment: segmentId }}>
                  {t('lookalikes_of')}
                </TextLink>
              </p>
            </>
          )
        }
      </Loaded>
    </Section>
  )
}

function MemberTable({ members }: { members: SegmentMember[] }) {
  const t = useText()
  const format = useFormat()
  const columns: Column<SegmentMember>[] = [
    {
      id: 'name',
      header: t('person'),
      cell: (one) => (
        <TextLink to="/profiles/$profileId" params={{ profileId: one.profile_id }}>
          {one.name || one.profile_id}
        </TextLink>
      ),
    },
    { id: 'place', header: t('place'), cell: (one) => format.place(one) || '–' },
  ]
  return (
    <DataTable
      caption={t('people')}
      columns={columns}
      rows={members}
      rowKey={(one) => one.profile_id}
    />
  )
}
