export function ControlPage() {
  return <main id="main" />
}
