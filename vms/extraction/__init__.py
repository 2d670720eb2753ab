"""Extraction (trích xuất): footage asked for, approved by a second person, packed with everything that proves it, and handed over."""
