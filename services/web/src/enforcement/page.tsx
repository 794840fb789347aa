export function EnforcementPage() {
  return <main id="main" />
}
