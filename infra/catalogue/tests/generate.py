"""Writes a catalogue of any size to standard output: `python generate.py 100000 jsonl|yaml|csv`."""

import csv
import json
import random
import sys

NOUNS = "bag mug lamp chair scarf kettle knife board blanket jar stool vase".split()
MATERIALS = "leather canvas cotton steel oak brass wool linen copper glass slate maple".split()
CATEGORY, SELLER, WAREHOUSE = "generated", "generator", "memphis"


def products(count):
    """Id, title, description, material and price in dollars of each product, the same ones every time."""
    for number in range(count):
        chance = random.Random(number)
        material, noun = chance.choice(MATERIALS), chance.choice(NOUNS)
        description = " ".join(chance.choice(MATERIALS + NOUNS) for _ in range(60))
        yield f"generated-{number}", f"{material.title()} {noun.title()} {number}", description, material, f"{10 + number % 500}.{number % 100:02}"


def jsonl(count):
    """The project's own lines."""
    print(json.dumps({"category": {"id": CATEGORY, "name": "Generated"}}))
    print(json.dumps({"seller": {"id": SELLER, "name": "Generator"}}))
    for name, title, description, material, price in products(count):
        variant = {"sku": name, "price": price, "stock": {WAREHOUSE: 5}}
        print(json.dumps({"product": {"id": name, "title": title, "description": description, "category_id": CATEGORY, "seller_id": SELLER, "attributes": {"material": material}, "variants": [variant]}}))


def yaml(count):
    """The project's own lists."""
    print(f"categories:\n- {{id: {CATEGORY}, name: Generated}}\nsellers:\n- {{id: {SELLER}, name: Generator}}\nproducts:")
    for name, title, description, material, price in products(count):
        print(f"- id: {name}\n  title: {title}\n  description: {description}\n  category_id: {CATEGORY}\n  seller_id: {SELLER}\n  attributes: {{material: {material}}}")
        print(f"  variants:\n  - sku: {name}\n    price: {price}\n    stock: {{{WAREHOUSE}: 5}}")


def table(count):
    """Products alone: their category and seller have to be there."""
    writer = csv.writer(sys.stdout)
    writer.writerow(["id", "title", "description", "category_id", "seller_id", "price", f"stock.{WAREHOUSE}", "attributes.material"])
    writer.writerows([name, title, description, CATEGORY, SELLER, price, 5, material] for name, title, description, material, price in products(count))


if __name__ == "__main__":
    {"jsonl": jsonl, "yaml": yaml, "csv": table}[sys.argv[2]](int(sys.argv[1]))
