"""What to show: candidates and why. So far what sells in a category."""

from kikubari.decide.recommend.popular import PopularProducts as PopularProducts
