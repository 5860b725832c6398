import { useQuery } from '@tanstack/react-query'
import type { NamedPerson, SharedDevice, SharingAnswer } from '@/api/generated'
import { getSharingOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, Loaded, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import styles from './identity.module.css'
import { useText } from './texts'

/** The household and the shared devices of a person, each with its evidence. */
export function Sharing({ profileId }: { profileId: string }) {
  const t = useText()
  const sharing = useQuery(getSharingOptions({ path: { profile_id: profileId } }))
  return (
    <Section title={t('sharing')} note={t('sharing_say')}>
      <Loaded query={sharing}>{(found) => <Shared sharing={found} />}</Loaded>
    </Section>
  )
}

function Shared({ sharing }: { sharing: SharingAnswer }) {
  const t = useText()
  const { household, ties, devices, is_crowded } = sharing
  const people = new Map(sharing.people.map((person) => [person.number, person]))
  if (ties.length === 0 && devices.length === 0) return <p>{t('alone')}</p>
  return (
    <div className={styles.sharing}>
      {household.length > 0 && <h3>{t('household', { n: household.length })}</h3>}
      {is_crowded && <p>{t('crowded')}</p>}
      <ul>
        {ties.map((tie) => {
          const other = tie.left === sharing.profile ? tie.right : tie.left
          const isMember = household.includes(other)
          return (
            <Tied
              key={other}
              person={people.get(other)}
              score={tie.score}
              isMember={isMember}
              signs={tie.signs.map((sign) => sign.kind)}
            />
          )
        })}
      </ul>
      <ul>
        {devices.map((device) => (
          <Device key={device.device} device={device} self={sharing.profile} people={people} />
        ))}
      </ul>
    </div>
  )
}

interface TiedProps {
  person?: NamedPerson
  score: number
  isMember: boolean
  signs: string[]
}

function Tied({ person, score, isMember, signs }: TiedProps) {
  const t = useText()
  const format = useFormat()
  return (
    <li className={styles.tie}>
      <PersonLink person={person} />
      <span className={styles.soft}>
        {t(isMember ? 'tie_score' : 'tie_weak', { percent: format.percent(score, 0) })}
      </span>
      {signs.map((sign) => (
        <Badge key={sign} tone={isMember ? 'action' : 'neutral'}>
          {t(`sign_${sign}` as 'sign_address')}
        </Badge>
      ))}
    </li>
  )
}

interface DeviceProps {
  device: SharedDevice
  self: number
  people: Map<number, NamedPerson>
}

function Device({ device, self, people }: DeviceProps) {
  const t = useText()
  const format = useFormat()
  const state = device.is_public ? 'public' : device.is_interleaved ? 'interleaved' : 'handed_over'
  return (
    <li className={styles.device}>
      <p>
        <code>{device.device}</code>{' '}
        <Badge tone={state === 'handed_over' ? 'neutral' : 'guard'}>{t(`device_${state}`)}</Badge>
      </p>
      <Spans device={device} />
      <ol>
        {device.uses.map((use) => (
          <li key={use.profile}>
            {use.profile === self ? (
              t('this_person')
            ) : (
              <PersonLink person={people.get(use.profile)} />
            )}
            <span className={styles.soft}>
              {t('use', { from: format.day(use.first_at), to: format.day(use.last_at) })}
            </span>
          </li>
        ))}
      </ol>
    </li>
  )
}

/** Who used the device from when to when: where two bars overlap, it is shared. */
function Spans({ device }: { device: SharedDevice }) {
  const spans = device.uses.map((use) => [Date.parse(use.first_at), Date.parse(use.last_at)])
  const begin = Math.min(...spans.map(([first = 0]) => first))
  const length = Math.max(...spans.map(([, last = 0]) => last)) - begin || 1
  return (
    <svg
      className={styles.spans}
      viewBox={`0 0 100 ${spans.length * 6}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      {device.uses.map((use, index) => {
        const [first = 0, last = 0] = spans[index] ?? []
        return (
          <rect
            key={use.profile}
            x={((first - begin) / length) * 98}
            y={index * 6 + 1}
            width={Math.max(((last - first) / length) * 98, 1.5)}
            height={4}
            rx={1}
          />
        )
      })}
    </svg>
  )
}

function PersonLink({ person }: { person?: NamedPerson }) {
  if (!person) return <>–</>
  return (
    <TextLink to="/profiles/$profileId" params={{ profileId: person.id }}>
      {person.name}
    </TextLink>
  )
}
