import { useQuery } from '@tanstack/react-query'
import { listRolesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { DataTable, Loaded, Section } from '@/design'
import { useText } from './texts'

const scopes = ['read', 'write', 'send', 'export', 'admin'] as const

/** What each role may do, as the server says it. */
export function RolesSection() {
  const t = useText()
  const found = useQuery(listRolesOptions())
  return (
    <Section title={t('roles')} note={t('roles_note')}>
      <Loaded query={found}>
        {(rows) => (
          <DataTable
            caption={t('roles')}
            rows={rows}
            rowKey={(one) => one.role}
            columns={[
              { id: 'role', header: t('role'), cell: (one) => t(one.role) },
              ...scopes.map((scope) => ({
                id: scope,
                header: t(`scope_${scope}`),
                cell: (one: (typeof rows)[0]) => (one.scopes.includes(scope) ? t('yes') : '–'),
              })),
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}
