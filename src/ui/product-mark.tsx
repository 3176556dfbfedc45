/** The product's mark: a vessel with its level. */
export function ProductMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <rect x="1" y="1" width="30" height="30" rx="7" fill="var(--v-accent)" />
      <path d="M9 7v7.5a7 7 0 0 0 14 0V7" stroke="var(--v-on-accent)" strokeWidth="2.4" strokeLinecap="round" />
      <path d="M11.2 14.4h9.6a4.8 4.8 0 0 1-9.6 0Z" fill="var(--v-on-accent)" />
      <path d="M16 21.5V26m-4 0h8" stroke="var(--v-on-accent)" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
