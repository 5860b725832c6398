"""Reserved event names: how rooms tell each other things through the log."""

# Source id of events that this product itself appends.
INTERNAL_SOURCE_ID = 0

# Knowledge that arrives from outside but not as behaviour.
PRODUCT_UPDATED = "Kikubari Product Updated"
CONSENT_CHANGED = "Kikubari Consent Changed"
SUPPRESSION_CHANGED = "Kikubari Suppression Changed"
PREFERENCE_CHANGED = "Kikubari Preference Changed"  # topics, rhythm, pause, facts not to be used
PROFILES_MERGED = "Kikubari Profiles Merged"  # by a person, explained
PROFILES_UNMERGED = "Kikubari Profiles Unmerged"
TRAIT_COMPUTED = "Kikubari Trait Computed"
SEGMENT_ENTERED = "Kikubari Segment Entered"
SEGMENT_LEFT = "Kikubari Segment Left"
JOURNEY_REQUESTED = "Kikubari Journey Requested"  # by the API, or by a step of another journey
# News about a product for those who have it in favourites, cart or recent views.
PRICE_DROPPED = "Kikubari Price Dropped"
LOW_STOCK = "Kikubari Low Stock"
BACK_IN_STOCK = "Kikubari Back In Stock"
NEW_ARRIVAL = "Kikubari New Arrival"  # for those whom it fits by what they saved, saw or bought
# What is expected to run low: what each model says of a person's goods, and when it comes close.
REPLENISHMENT_FORECAST = "Kikubari Replenishment Forecast"
RUNS_LOW = "Kikubari Runs Low"

FORM_ANSWERED = "Form Answered"  # `form_id` or `form` says which

# Message outcomes (Segment e-mail spec names).
EMAIL_SENT = "Kikubari Email Sent"  # accepted by the provider or relay
EMAIL_SKIPPED = "Kikubari Email Skipped"  # the last gate said no, with a reason
EMAIL_FAILED = "Kikubari Email Failed"
EMAIL_DELIVERED = "Email Delivered"
EMAIL_OPENED = "Email Opened"
EMAIL_LINK_CLICKED = "Email Link Clicked"
EMAIL_BOUNCED = "Email Bounced"
EMAIL_REPLIED = "Email Replied"  # by a person: what answers by itself is none
EMAIL_MARKED_AS_SPAM = "Email Marked as Spam"
UNSUBSCRIBED = "Unsubscribed"
FEEDBACK_GIVEN = "Feedback Given"  # `score` 0 to 10; `about` says of what
# What programs do as often as people: each such event says by `is_machine` who did it.
ALSO_BY_MACHINES = frozenset({EMAIL_OPENED, EMAIL_LINK_CLICKED})
ENDPOINT_DISABLED = "Kikubari Webhook Endpoint Disabled"  # it took nothing for days, or is gone

# E-commerce spec v2 names this product gives a meaning to.
ORDER_COMPLETED = "Order Completed"
ORDER_REFUNDED = "Order Refunded"
ORDER_CANCELLED = "Order Cancelled"
PRODUCT_VIEWED = "Product Viewed"
PRODUCT_LIST_VIEWED = "Product List Viewed"
PRODUCTS_SEARCHED = "Products Searched"
PRODUCT_ADDED = "Product Added"
PRODUCT_REMOVED = "Product Removed"
CART_VIEWED = "Cart Viewed"
CHECKOUT_STARTED = "Checkout Started"
PRODUCT_ADDED_TO_WISHLIST = "Product Added to Wishlist"
PRODUCT_REMOVED_FROM_WISHLIST = "Product Removed from Wishlist"
PRODUCT_COMPARED = "Product Added to Compare List"
PRODUCT_REMOVED_FROM_COMPARE_LIST = "Product Removed from Compare List"
COMPARE_LIST_CLEARED = "Compare List Cleared"
WISHLIST_PRODUCT_ADDED_TO_CART = "Wishlist Product Added to Cart"
SEARCH_SAVED = "Search Saved"
SAVED_SEARCH_REMOVED = "Saved Search Removed"
STORE_VISITED = "Store Visited"
# "Not for me": with product_id that product, with category alone all of it.
RECOMMENDATION_DISMISSED = "Recommendation Dismissed"
RECOMMENDATION_RESTORED = "Recommendation Restored"
COUPON_APPLIED = "Coupon Applied"

# What people are in the middle of; the guard keeps advertising out of it.
SUPPORT_TICKET_OPENED = "Support Ticket Opened"
SUPPORT_TICKET_CLOSED = "Support Ticket Closed"
RETURN_REQUESTED = "Return Requested"
RETURN_COMPLETED = "Return Completed"
CANCELLATION_STARTED = "Cancellation Started"

RESERVED_PREFIX = "Kikubari "
