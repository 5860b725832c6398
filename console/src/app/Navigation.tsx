import { Link } from '@tanstack/react-router'
import { useLanguage } from '@/language/texts'
import styles from './Navigation.module.css'
import { screens } from './screen'

const entries = screens
  .flatMap((screen) => screen.navigation ?? [])
  .sort((one, other) => one.order - other.order)

export function Navigation() {
  const language = useLanguage()
  return (
    <ul className={styles.entries}>
      {entries.map(({ path, icon: Icon, label, beginsGroup }) => (
        <li key={path} data-begins={beginsGroup}>
          <Link to={path} className={styles.entry} activeOptions={{ exact: path === '/' }}>
            <Icon aria-hidden size={19} stroke={1.6} />
            {label[language]}
          </Link>
        </li>
      ))}
    </ul>
  )
}
