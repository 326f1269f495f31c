/** The form in which categories are compared: people write them by hand. */
export function categoryName(category: string): string {
  return category.normalize('NFC').trim().toLowerCase();
}

/** Whether two categories are the same line of business. A partner without a category is in nobody's way. */
export function conflicts(category: string, otherCategory: string | undefined): boolean {
  return otherCategory !== undefined && categoryName(category) === categoryName(otherCategory);
}
