import { PageHeader } from '@/design'

export default function HomeScreen() {
  return <PageHeader title="Kikubari" />
}
