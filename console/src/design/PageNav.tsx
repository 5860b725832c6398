import { Link, type LinkProps, useLocation } from '@tanstack/react-router'
import styles from './PageNav.module.css'
import { useChosenInSight } from './useChosenInSight'

interface Props {
  /** Told to screen readers. */
  label: string
  pages: { path: LinkProps['to'] & string; label: string }[]
}

/** The pages of an area, the one that is open marked. */
export function PageNav({ label, pages }: Props) {
  const line = useChosenInSight<HTMLElement>(useLocation().pathname)
  return (
    <nav ref={line} aria-label={label} className={styles.nav}>
      <ul>
        {pages.map((page) => (
          <li key={page.path}>
            <Link
              to={page.path}
              activeOptions={{ exact: true, includeSearch: false }}
              className={styles.link}
            >
              {page.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
